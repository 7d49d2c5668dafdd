"""What a development installation starts with: a catalogue and three accounts.

Nothing enters: both are constants of the project, the same on every machine. The catalogue leaves
as product dicts in the shape that `storefold import-catalog` reads, the accounts as `DemoAccount`s.
The development start sends both through the ordinary commands; production never imports this.
"""
