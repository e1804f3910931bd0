"""Sends events to webhooks, and finds the events that nobody's transaction makes true: changes of the advice.
May import: `app`, `claims`, `resources` and `store`.
Start reading: `deliver`.
"""
