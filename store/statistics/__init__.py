"""Figures about the work: agreement, reviewers, audit log, review progress.
May import: everything else in `store`.
Start reading: `review_progress`.
"""
