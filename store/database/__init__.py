"""The engine, transactions, column types and bulk inserts.
May import: nothing else of `store`.
Start reading: `engine`.
"""
