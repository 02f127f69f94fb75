"""THE TERMINAL: the same engine as the window's, for servers and scripts; one file a command.

`main.py` parses, dispatches and turns every error into a sentence. Command files import what they
need inside their functions, so that `cnnstudio --help` is there at once, `check` never waits for
TensorFlow, and nothing but `open` and `demo` ever loads Qt.
"""
