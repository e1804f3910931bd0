"""Figures about reviewing: agreement, each reviewer's record, the audit log, review progress.
May import: everything else in `store`.
Start reading: `review_progress`.
"""
