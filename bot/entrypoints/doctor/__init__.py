"""`loadmaster doctor`: finds what is wrong with an installation, and tells what to do.

Each module examines one subject; `examination` does it in order and within time.
"""
