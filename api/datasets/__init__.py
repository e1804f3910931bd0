"""Datasets, their archives, samples and images."""
