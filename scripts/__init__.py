"""Scripts for the maintainers: house figures, word check, web UI build, pictures for the documentation.
May import: `cli`; they drive a running service over HTTP.
Start reading: `house`, which prints the sizes of functions, files and packages.
"""
