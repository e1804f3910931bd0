"""What people say about samples, one at a time or in bulk, and the verified set it makes."""
