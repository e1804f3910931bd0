"""Golden values: results of runs, exports and stored data, recorded before a refactoring and compared after
it.

`python -m tests.golden record FOLDER` records them, `python -m tests.golden check FOLDER` compares them. They
are compared to the bit, so both must run on the same machine with the same packages.
"""
