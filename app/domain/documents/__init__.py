"""Between documents as stored and entities: the one home of every conversion.

`to_…` reads a document, whatever is missing in it; `new_…` makes one in the shape that
`connector_config` says. Movements are made where they are written: in `app.data.stock.movements`.
"""
