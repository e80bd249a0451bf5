"""What the data says, each answer an aggregation in MongoDB.

A sale counts as on the app's Sales screen: on the day of its store on which it was placed, with
what was paid for goods before tax, less what was given back since. An order that was cancelled
counts for nothing, and so does a returned one that does not say what came back.
"""
