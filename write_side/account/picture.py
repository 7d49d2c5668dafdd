"""People's own pictures: the rules, and which streams and keys their commands touch."""

from typing import Any

from write_side import media
from write_side.account import commands as ask
from write_side.account.events import ProfilePictureRemoved, ProfilePictureSet
from write_side.account.handlers import mine
from write_side.account.state import ACCOUNT, Account
from write_side.media import CONTENT_TYPES
from write_side.messages import Event
from write_side.refusals import NotFound
from write_side.work import Work, handles


class NoProfilePicture(NotFound):
    type = "no-profile-picture"
    title = "There is no profile picture"


@handles(ask.SetProfilePicture)
def set_profile_picture(command: ask.SetProfilePicture, work: Work) -> dict[str, Any]:
    account = mine(work)
    gone = set_picture(work, account, command.key, command.size)
    return {"key": command.key, "uploaded_at": work.now, "keys": gone}


@handles(ask.RemoveProfilePicture)
def remove_profile_picture(command: ask.RemoveProfilePicture, work: Work) -> dict[str, Any]:
    account = mine(work)
    if account.picture is None:
        raise NoProfilePicture
    work.record(ACCOUNT, account.person_id, _gone(account))
    media.let_go(work, account.picture)
    return {"keys": [account.picture]}


def set_picture(work: Work, account: Account, key: str, size: int) -> list[str]:
    """Also for commands that change more than the picture in one append. The keys whose objects nobody refers to any
    more."""
    if key == account.picture:
        return []
    media.take(work, key, account.person_id)
    content_type = CONTENT_TYPES[key.rpartition(".")[2]]
    chosen = ProfilePictureSet(person_id=account.person_id, key=key, content_type=content_type, size=size)
    work.record(ACCOUNT, account.person_id, [*_gone(account), chosen])
    if account.picture is None:
        return []
    media.let_go(work, account.picture)
    return [account.picture]


def _gone(account: Account) -> list[Event]:
    if account.picture is None:
        return []
    return [ProfilePictureRemoved(person_id=account.person_id, key=account.picture)]
