"""Tables, sessions, blobs, settings and the transitions of work: everything that outlives a process."""
