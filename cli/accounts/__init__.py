"""`mslg user` and `mslg token`: accounts from the command line, for whoever runs the service.
May import: `store`, `migrations`.
Start reading: `users`.
"""
