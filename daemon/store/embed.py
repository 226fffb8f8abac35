#!/usr/bin/env python3
"""embed.py OUTPUT INPUT...: each INPUT (schema.sql) as a C string (store_schema_sql), line by line."""
import os, sys

with open(sys.argv[1], "w", encoding="ascii") as out:
    for path in sys.argv[2:]:
        name = "store_" + os.path.basename(path).replace(".", "_")
        out.write(f"extern const char {name}[];\nconst char {name}[] =\n")
        for line in open(path, encoding="ascii"):
            text = line.rstrip("\n").replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
            out.write(f'\t"{text}\\n"\n')
        out.write("\t;\n")
