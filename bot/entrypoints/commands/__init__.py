"""The commands of `loadmaster`: each imports what it needs only once it is called.

So the help appears at once. A module's `add` adds its commands to the command line's.
"""
