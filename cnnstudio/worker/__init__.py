"""The child process: a request goes in, events come out. No Qt here.

`child` and `jobs` run inside the child and are the only modules that know the training room;
`process` and `follow` are the parent's side, free of Qt and of Keras, so the window may use them.
`control` holds both ends of the local socket through which a running job takes commands.
"""
