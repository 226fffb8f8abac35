"""embed.py NAME FILE: the file as a C array, so that a program needs no file at run time to have its rules."""
import sys
name, path = sys.argv[1:]
data = open(path, "rb").read()
print(f"#include <stddef.h>\nextern const char {name}[];\nextern const size_t {name}_bytes;\nconst char {name}[] = {{")
for i in range(0, len(data), 20):
    print(" ".join(f"{b - 256 if b > 127 else b}," for b in data[i:i + 20]))
print(f"0 }};\nconst size_t {name}_bytes = {len(data)};")
