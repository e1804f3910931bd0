"""Golden values: what runs, exports and stored data gave before a refactoring, to compare with afterwards.

`python -m tests.golden record FOLDER` writes them, `python -m tests.golden check FOLDER` compares: to the
bit, so both must run on the same machine with the same packages.
"""
