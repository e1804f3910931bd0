"""The end of worker processes: with their parent, and within seconds of a request to stop.
May import: nothing else of the project.
Start reading: `shutdown`.
"""
