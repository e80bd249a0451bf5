"""The commands of `zava-connector`, a module each.

Each has `NAME`, as it is typed; `HELP`, a few words; `add_arguments(parser)`, which may also set
`parser.description`; and `run(options, today) -> int`, the exit code. They import what is heavy
inside `run`, so that --help and a wrong argument are quick. Expected failures are a UserError.
"""
