"""From a fresh machine to a running program, with nothing but Python's standard library.

bootstrap.py is the door and speaks even to very old Pythons; commands.py says what `run` and `test`
do; environment.py makes .venv; libraries.py sees to Qt's system libraries; shell.py runs programs.
"""
