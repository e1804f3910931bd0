"""Samples served to several reviewers at once, queue by queue."""
