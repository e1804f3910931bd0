"""Taking suggestions without a person: an error budget, previewed before it is applied, and taken back."""
