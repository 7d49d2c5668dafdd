"""What goes wrong while the services are installed, started or found.

StackError
├── HomeInUse      another supervisor runs on this home
├── MissingTool    a program of the machine is missing; the message has the command to install it
├── StartFailed    a service did not become ready
└── Interrupted    a signal asked us to stop before everything was ready
"""


class StackError(Exception):
    """The message is written for the person at the console."""


class HomeInUse(StackError):
    """Another supervisor holds the lock of this home."""


class MissingTool(StackError):
    """A program that the machine must provide is not there."""


class StartFailed(StackError):
    """A service exited or never answered; the message ends with the tail of its log."""


class Interrupted(StackError):
    """SIGINT or SIGTERM arrived during the start."""
