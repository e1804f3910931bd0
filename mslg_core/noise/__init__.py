"""Makes labels wrong on purpose, to measure how well they are put right.
May import: `images` and `models`.
Start reading: `synthetic`.
"""
