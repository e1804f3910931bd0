"""How a worker process ends: with its parent, and in time when it is told to stop.
May import: nothing else of the project.
Start reading: `shutdown`.
"""
