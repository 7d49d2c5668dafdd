"""The whole way with real processes: log, dispatcher, Redis, Celery, SMTP; and what SIGKILL does to it."""

import threading

from support.postbox import Postbox
from support.shop import Shop
from till import Processes, eventually

from storefold.bootstrap import WriteSide
from workers.dispatcher import NAME


def test_registrations_are_mailed(shop: Shop, processes: Processes, box: Postbox) -> None:
    processes.start("dispatcher")
    processes.start("worker", "--concurrency", "4")
    people = shop.people(20)
    eventually(lambda: len(box.mails) >= len(people), "the mails", 60)
    assert sorted(box.recipients) == sorted(person.email for person in people)


def test_killed_workers_and_dispatchers_lose_no_mail_and_repeat_none_unrecognisably(
    shop: Shop, processes: Processes, box: Postbox, write_side: WriteSide
) -> None:
    box.wait = threading.Event()  # whoever speaks to the server now is caught in the middle
    dispatcher = processes.start("dispatcher")
    worker = processes.start("worker", "--concurrency", "4")
    people = shop.people(12)

    def tried() -> bool:
        with write_side.log.connection() as conn:
            held = """SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                WHERE datname = current_database() AND locktype = 'advisory' AND granted"""
            return conn.execute(held).rowcount >= 5

    eventually(tried, "four mails on their way", 60)
    processes.kill(worker)
    processes.kill(dispatcher)
    with write_side.log.connection() as conn:  # as if it had died before its checkpoint
        conn.execute("UPDATE checkpoints SET position = 0 WHERE name = %s", (NAME,))
    box.wait.set()
    processes.start("dispatcher")
    processes.start("worker", "--concurrency", "4")
    with write_side.log.connection() as conn:
        conn.execute("UPDATE effects SET due = now()")

    def settled() -> bool:
        with write_side.log.connection() as conn:
            sent = conn.execute("SELECT FROM mails WHERE outcome = 'sent'").rowcount
            return sent == len(people) and conn.execute("SELECT FROM effects").rowcount == 0

    eventually(settled, "every mail", 60)
    assert {mail["To"] for mail in box.mails} == {person.email for person in people}
    assert len({mail["Message-ID"] for mail in box.mails}) == len(people)
    assert len(box.mails) <= len(people) + 4, "only what was in the middle when it died may come twice"
