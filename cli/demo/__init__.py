"""`mslg demo`: plays the whole loop on real images, over HTTP.
May import: `cli`, and the service only through its REST API.
Start reading: `run`.
"""
