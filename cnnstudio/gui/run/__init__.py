"""The window's side of a run: the thread that owns it, who starts and stops it, what is known.

`RunController` starts jobs, `WorkerThread` owns one, `ReplayThread` reads an earlier run,
`RunStore` holds what the panels draw. They meet in the application root, by signals alone:
`job_started` -> `begin`, `events` -> `take`, `replayed` -> `show`, `compared` -> `compare`.
"""
