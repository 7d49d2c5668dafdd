"""Which streams the sessions' commands read and write. The tokens are stored in the append of the session's event."""

from typing import Any

from write_side.account.state import ACCOUNT
from write_side.policies import SESSIONS
from write_side.refusals import Unauthenticated
from write_side.secrets.refresh_tokens import END_SESSION, FIRST_TOKEN, FORGET_EXPIRED, FORGET_SESSIONS, OPEN_SESSION
from write_side.session import commands as ask
from write_side.session import decide
from write_side.session.events import SessionBegan
from write_side.session.state import SESSION
from write_side.work import Work, handles


@handles(ask.BeginSession)
def begin_session(command: ask.BeginSession, work: Work) -> dict[str, Any]:
    if not work.state(ACCOUNT, command.person_id).active:
        raise Unauthenticated("the account is not active")
    session_id = work.new_id()
    began = SessionBegan(
        session_id=session_id,
        person_id=command.person_id,
        surface=command.surface,
        remember=command.remember,
        method=command.method,
    )
    work.begin(SESSION, session_id, [began])
    seconds = SESSIONS[command.surface].refresh_seconds(command.remember)
    digest = bytes.fromhex(command.token_hash)
    work.also(FORGET_EXPIRED, command.person_id)
    work.also(FORGET_SESSIONS, command.person_id)
    work.also(OPEN_SESSION, session_id, command.person_id, command.surface, command.remember)
    work.also(FIRST_TOKEN, digest, session_id, command.person_id, command.surface, seconds)
    return {"session_id": session_id}


@handles(ask.EndSession)
def end_session(command: ask.EndSession, work: Work) -> dict[str, Any]:
    events = decide.end(work.state(SESSION, command.session_id), command.session_id, command.reason)
    work.record(SESSION, command.session_id, events)
    work.also(END_SESSION, command.session_id)
    return {}
