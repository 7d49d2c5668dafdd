"""Pictures that clients send, shared by every surface.

    content.py  is it a picture, by its content? What is not is refused
    keeping.py  checks several at a time, stores them under keys of ours, takes them back when their command is refused
    routes.py   the native upload: a picture in, its key out

What a client says about a file (its name, its type) is never looked at.
"""
