import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.internal.storage.io.BlockSource;
import org.eclipse.jgit.internal.storage.reftable.RefCursor;
import org.eclipse.jgit.internal.storage.reftable.ReftableCompactor;
import org.eclipse.jgit.internal.storage.reftable.ReftableConfig;
import org.eclipse.jgit.internal.storage.reftable.ReftableReader;
import org.eclipse.jgit.internal.storage.reftable.ReftableWriter;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;

/**
 * JGit's side of the bench: does the same works as ../bench/works on the same files, and speaks as ../bench/ours.mjs
 * does. Run as `java -cp JGIT Bench.java FIXTURE`; every line of standard input asks for one run.
 */
public class Bench {
	/** One kind of work, ready to run. */
	interface Work {
		/** Makes everything as it was before the first run: this is not timed. */
		default void reset() throws IOException {
		}

		/** Does it, and counts: what is timed. */
		long run() throws IOException;

		/** Does it, and takes down all that was found. */
		void check(Digest digest) throws IOException;
	}

	interface Source {
		BlockSource open() throws IOException;
	}

	/** A checksum over records, as ../bench/lib/digest.mjs makes it. */
	static class Digest {
		private final MessageDigest sum;

		Digest() throws Exception {
			sum = MessageDigest.getInstance("SHA-256");
		}

		void line(String... fields) {
			sum.update((String.join("\t", fields) + "\n").getBytes(StandardCharsets.UTF_8));
		}

		void ref(Ref ref) {
			if (ref.isSymbolic())
				line(ref.getName(), "", "", ref.getTarget().getName());
			else
				line(ref.getName(), hex(ref.getObjectId()), hex(ref.getPeeledObjectId()), "");
		}

		String hex() {
			return HexFormat.of().formatHex(sum.digest());
		}

		private static String hex(ObjectId id) {
			return id == null ? "" : id.name();
		}
	}

	/** Refs one after another; where `names`, each one's name is looked at too. */
	static class Scan implements Work {
		private final ReftableReader reader;
		private final boolean names;

		Scan(Source source, boolean names) throws IOException {
			this.reader = new ReftableReader(source.open());
			this.names = names;
		}

		@Override
		public long run() throws IOException {
			long count = 0;
			try (RefCursor refs = reader.allRefs()) {
				if (!names) {
					while (refs.next())
						count++;
				} else {
					while (refs.next())
						count += refs.getRef().getName().length();
				}
			}
			return count;
		}

		@Override
		public void check(Digest digest) throws IOException {
			try (RefCursor refs = reader.allRefs()) {
				while (refs.next()) {
					if (names)
						digest.line(refs.getRef().getName());
					else
						digest.ref(refs.getRef());
				}
			}
		}
	}

	/** A ref by its name, again and again: by a cursor, or as a whole. */
	static class Seek implements Work {
		private final ReftableReader reader;
		private final List<String> names;
		private final boolean whole;

		Seek(Source source, List<String> names, boolean whole) throws IOException {
			this.reader = new ReftableReader(source.open());
			this.names = names;
			this.whole = whole;
		}

		@Override
		public long run() throws IOException {
			long found = 0;
			for (String name : names) {
				if (whole) {
					if (reader.exactRef(name) != null)
						found++;
				} else {
					try (RefCursor refs = reader.seekRef(name)) {
						if (refs.next())
							found++;
					}
				}
			}
			return found;
		}

		@Override
		public void check(Digest digest) throws IOException {
			for (String name : names) {
				Ref ref = reader.exactRef(name);
				if (ref == null)
					throw new IOException("JGit does not find " + name);
				digest.ref(ref);
			}
		}
	}

	/** All refs that hold an object id or peel to it, for one id after another. */
	static class ByObject implements Work {
		private final ReftableReader reader;
		private final List<ObjectId> ids;

		ByObject(Source source, List<String> ids) throws IOException {
			this.reader = new ReftableReader(source.open());
			this.ids = ids.stream().map(ObjectId::fromString).toList();
		}

		@Override
		public long run() throws IOException {
			long found = 0;
			for (ObjectId id : ids) {
				try (RefCursor refs = reader.byObjectId(id)) {
					while (refs.next())
						found++;
				}
			}
			return found;
		}

		@Override
		public void check(Digest digest) throws IOException {
			for (ObjectId id : ids) {
				try (RefCursor refs = reader.byObjectId(id)) {
					while (refs.next())
						digest.ref(refs.getRef());
				}
			}
		}
	}

	/** A whole table, from refs in memory to bytes in memory. */
	static class Write implements Work {
		private final List<Ref> refs = new ArrayList<>();
		private final ReftableConfig config = new ReftableConfig();
		private final long minUpdateIndex;
		private final long maxUpdateIndex;

		Write(Source source) throws IOException {
			ReftableReader reader = new ReftableReader(source.open());
			minUpdateIndex = reader.minUpdateIndex();
			maxUpdateIndex = reader.maxUpdateIndex();
			config.setRefBlockSize(reader.blockSize());
			config.setIndexObjects(true);
			try (RefCursor cursor = reader.allRefs()) {
				while (cursor.next())
					refs.add(cursor.getRef());
			}
		}

		private byte[] write() throws IOException {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			ReftableWriter writer = new ReftableWriter(config, out)
					.setMinUpdateIndex(minUpdateIndex).setMaxUpdateIndex(maxUpdateIndex).begin();
			for (Ref ref : refs)
				writer.writeRef(ref, ref.getUpdateIndex());
			writer.finish();
			return out.toByteArray();
		}

		@Override
		public long run() throws IOException {
			if (write().length == 0)
				throw new IOException("nothing was written");
			return refs.size();
		}

		@Override
		public void check(Digest digest) throws IOException {
			byte[] written = write();
			new Scan(() -> BlockSource.from(written), false).check(digest);
		}
	}

	/** Tables in files as one, in another file: without its tombstones, as where nothing lies below. */
	static class Compact implements Work {
		private final List<Path> tables;
		private final Path compacted;

		Compact(List<Path> tables) throws IOException {
			this.tables = tables;
			compacted = Files.createTempFile("reftable-bench", ".ref");
			compacted.toFile().deleteOnExit();
		}

		@Override
		public void reset() throws IOException {
			Files.deleteIfExists(compacted);
		}

		@Override
		public long run() throws IOException {
			ReftableConfig config = new ReftableConfig();
			config.setIndexObjects(true);
			List<ReftableReader> readers = new ArrayList<>();
			try (OutputStream out = new FileOutputStream(compacted.toFile())) {
				for (Path table : tables)
					readers.add(new ReftableReader(BlockSource.from(new FileInputStream(table.toFile()))));
				config.setRefBlockSize(readers.get(0).blockSize());
				ReftableCompactor compactor = new ReftableCompactor(out).setConfig(config).setIncludeDeletes(false);
				compactor.addAll(readers);
				compactor.compact();
				return compactor.getStats().refCount();
			} finally {
				for (ReftableReader reader : readers)
					reader.close();
			}
		}

		@Override
		public void check(Digest digest) throws IOException {
			reset();
			run();
			try (ReftableReader reader = new ReftableReader(BlockSource.from(new FileInputStream(compacted.toFile())));
					RefCursor refs = reader.allRefs()) {
				while (refs.next()) {
					digest.ref(refs.getRef());
					digest.line(Long.toString(refs.getRef().getUpdateIndex()));
				}
			}
		}
	}

	private static Work prepare(String name, Path fixture) throws IOException {
		Path table = fixture.resolve("table.ref");
		byte[] bytes = Files.readAllBytes(table);
		Source memory = () -> BlockSource.from(bytes);
		Source file = () -> BlockSource.from(new FileInputStream(table.toFile()));
		List<String> names = Files.readAllLines(fixture.resolve("names.txt"));
		List<String> ids = Files.readAllLines(fixture.resolve("ids.txt"));
		return switch (name) {
		case "scan" -> new Scan(memory, false);
		case "scan-file" -> new Scan(file, false);
		case "names" -> new Scan(memory, true);
		case "seek" -> new Seek(memory, names, false);
		case "seek-file" -> new Seek(file, names, false);
		case "get" -> new Seek(memory, names, true);
		case "by-object" -> new ByObject(memory, ids);
		case "write" -> new Write(memory);
		case "compact" -> new Compact(Files.readAllLines(fixture.resolve("stack.txt")).stream().map(fixture::resolve).toList());
		default -> throw new IOException("no such work: " + name);
		};
	}

	public static void main(String[] args) throws Exception {
		Path fixture = Path.of(args[0]);
		Map<String, Work> works = new HashMap<>();
		BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line; (line = requests.readLine()) != null;) {
			String[] request = line.split(" ");
			Work work = works.get(request[1]);
			if (work == null)
				works.put(request[1], work = prepare(request[1], fixture));
			if (request[0].equals("check")) {
				Digest digest = new Digest();
				work.check(digest);
				System.out.printf("{\"digest\":\"%s\"}%n", digest.hex());
			} else {
				work.reset();
				long start = System.nanoTime();
				long count = work.run();
				System.out.printf("{\"nanoseconds\":%d,\"count\":%d}%n", System.nanoTime() - start, count);
			}
		}
	}
}
