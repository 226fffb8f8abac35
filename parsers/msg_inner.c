#include "parsers/msg_inner.h"

#include <glib.h>
#include <gsf/gsf.h>
#include <string.h>

#include "parsers/build.h"
#include "parsers/limits.h"

#define NAMES "__nameid_version1.0"

struct copying {
	struct builder *b;
	unsigned        entries;
	int             failed;
};

static void
copy_stream(struct copying *c, GsfInput *from, GsfOutfile *to, const char *name, int is_top)
{
	static const uint8_t reserved[8] = { 0 };
	GsfOutput    *out = gsf_outfile_new_child(to, name, FALSE);
	gsf_off_t     size = gsf_input_size(from), head = MIN(size, 24);
	const guint8 *bytes;

	if (out == NULL || size < 0 || !build_unfold(c->b, (size_t)size)) {
		c->failed = 1;
		return;
	}
	bytes = size == 0 ? NULL : gsf_input_read(from, (size_t)size, NULL);
	if (bytes != NULL && is_top && strcmp(name, "__properties_version1.0") == 0) {
		/* the header of a message by itself has eight bytes more ([MS-OXMSG] 2.4.1) */
		(void)gsf_output_write(out, (size_t)head, bytes);
		(void)gsf_output_write(out, sizeof reserved, reserved);
		(void)gsf_output_write(out, (size_t)(size - head), bytes + head);
	} else if (bytes != NULL)
		(void)gsf_output_write(out, (size_t)size, bytes);
	(void)gsf_output_close(out);
	g_object_unref(out);
}

static void
copy_storage(struct copying *c, GsfInfile *from, GsfOutfile *to, unsigned depth)
{
	GsfInput  *child;
	GsfOutput *out;
	int        i, n = gsf_infile_num_children(from);

	for (i = 0; i < n && !c->failed; i++) {
		child = gsf_infile_child_by_index(from, i);
		if (child == NULL)
			continue;
		if (++c->entries > 20 * LIMIT_PARTS || depth > LIMIT_DEPTH)
			c->failed = 1;
		else if (GSF_IS_INFILE(child) && gsf_infile_num_children(GSF_INFILE(child)) >= 0) {
			out = gsf_outfile_new_child(to, gsf_infile_name_by_index(from, i), TRUE);
			if (out != NULL) {
				copy_storage(c, GSF_INFILE(child), GSF_OUTFILE(out), depth + 1);
				(void)gsf_output_close(out);
				g_object_unref(out);
			}
		} else
			copy_stream(c, child, to, gsf_infile_name_by_index(from, i), depth == 0);
		g_object_unref(child);
	}
}

struct stream
msg_inner_file(struct builder *b, GsfInfile *inner, GsfInfile *outer)
{
	struct copying c = { b, 0, 0 };
	struct stream  s = { NULL, 0 };
	GsfOutput     *memory = gsf_output_memory_new(), *out;
	GsfOutfile    *file = gsf_outfile_msole_new(memory);
	GsfInfile     *names = ole_storage(outer, NAMES);

	copy_storage(&c, inner, file, 0);
	if (names != NULL && !ole_has(inner, NAMES)) {
		out = gsf_outfile_new_child(file, NAMES, TRUE);
		copy_storage(&c, names, GSF_OUTFILE(out), 1);
		(void)gsf_output_close(out);
	}
	(void)gsf_output_close(GSF_OUTPUT(file));
	if (!c.failed) {
		s.n = (size_t)gsf_output_size(memory);
		s.p = g_memdup2(gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory)), s.n);
	}
	ole_close(names);
	return s;
}
