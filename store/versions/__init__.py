"""Versions of a dataset: which one jobs and exports saw, and those that somebody named.
May import: `database`, `models`, `infrastructure`, `tasks`, `verification` and `changes`.
Start reading: `number`.
"""
