"""The engine, transactions, column types and bulk writes.
May import: nothing else of `store`.
Start reading: `engine`, which opens transactions.
"""
