"""What several reviewers do, tell each other and agree on."""
