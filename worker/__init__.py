"""Celery workers: ingest, training, export, and the sweep that keeps them honest."""
