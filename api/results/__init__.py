"""What a job learned: the ranking, one sample's row, the summary."""
