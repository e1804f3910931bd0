"""Sources: folders of the server and buckets, whose images stay where they are.
May import: `models`, `infrastructure`, `settings`.
Start reading: `image_files`, then `files`.
"""
