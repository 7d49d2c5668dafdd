"""The object storage's stand-in for development and tests: PyPI `moto` as an S3 server, made to keep what it has.

In: S3's HTTP on loopback, from the official SDK and from whoever holds a presigned address. Out: S3's answers, and
one SQLite file that survives `kill -9`. Who calls: `python -m storefold.stack.storage --port P --home DIR`, started
by the local stack and by tests.

    server.py  moto's application; each change is on disk before its answer is given
    shelf.py   the file: objects, read into moto's memory at the start
    signed.py  presigned addresses: moto looks neither at the signature nor at the clock
"""
