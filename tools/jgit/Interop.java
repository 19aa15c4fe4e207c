import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jgit.internal.storage.file.FileReftableDatabase;
import org.eclipse.jgit.internal.storage.file.FileReftableStack;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.internal.storage.io.BlockSource;
import org.eclipse.jgit.internal.storage.reftable.LogCursor;
import org.eclipse.jgit.internal.storage.reftable.RefCursor;
import org.eclipse.jgit.internal.storage.reftable.ReftableReader;
import org.eclipse.jgit.internal.storage.reftable.ReftableWriter;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectIdRef;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.ReflogEntry;
import org.eclipse.jgit.lib.SymbolicRef;

/**
 * What JGit reads in reftables and writes to stacks. Run as `java -cp JGIT Interop.java`; each line of standard input is a request, its
 * fields separated by tabs:
 *
 *   all TABLE            every record, refs and then logs, tombstones included
 *   ref TABLE NAME       the ref of that name, unless it is a tombstone
 *   log TABLE NAME       the log of the ref of that name, without tombstones
 *   object TABLE ID      the refs that JGit finds for an object id
 *   stack REPOSITORY     every record of the repository's stack, opened anew, without tombstones
 *   compact REPOSITORY   merges all its tables
 *   commit REPOSITORY RECORD...
 *                        writes records in one transaction, to a stack that stays open as long as nobody else writes to it. A record is of some fields:
 *                        direct NAME ID, peeled NAME ID ID, symbolic NAME TARGET, deletion NAME,
 *                        update NAME ID ID WHO EMAIL SECONDS ZONE MESSAGE, logdeletion NAME INDEX
 *
 * An answer is a line of JSON for each record, and one more: `{"end":true}`, or `{"error":"…"}` if JGit gave up.
 */
public class Interop {
	private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);
	/** As often is tried what has failed because others were at work. */
	private static final int TRIES = 5;
	private static final Map<String, FileReftableStack> STACKS = new HashMap<>();

	public static void main(String[] args) throws IOException {
		BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line; (line = requests.readLine()) != null;) {
			try {
				answer(line.split("\t"));
				OUT.println("{\"end\":true}");
			} catch (IOException | RuntimeException e) {
				OUT.println("{" + text("error", e.toString()) + "}");
			}
			if (!requests.ready())
				OUT.flush();
		}
		OUT.flush();
	}

	private static void answer(String[] request) throws IOException {
		switch (request[0]) {
		case "stack":
			try (FileReftableStack stack = open(request[1])) {
				print(stack.getMergedReftable().allRefs());
				print(stack.getMergedReftable().allLogs());
			}
			break;
		case "compact":
			try (FileRepository repository = new FileRepository(request[1])) {
				((FileReftableDatabase) repository.getRefDatabase()).compactFully();
			}
			break;
		case "commit":
			commit(request[1], new ArrayDeque<>(List.of(request).subList(2, request.length)));
			break;
		default:
			answerFromTable(request);
		}
	}

	private static FileReftableStack open(String repository) throws IOException {
		File tables = new File(repository, "reftable");
		return new FileReftableStack(new File(tables, "tables.list"), tables, null, Config::new);
	}

	private static void commit(String repository, Deque<String> fields) throws IOException {
		List<Ref> refs = new ArrayList<>();
		// Logs are written by name, and from the newest on.
		TreeMap<String, LogWrite> logs = new TreeMap<>();
		while (!fields.isEmpty()) {
			String kind = fields.remove();
			String name = fields.remove();
			switch (kind) {
			case "direct":
				refs.add(new ObjectIdRef.PeeledNonTag(Ref.Storage.PACKED, name, ObjectId.fromString(fields.remove())));
				break;
			case "peeled":
				refs.add(new ObjectIdRef.PeeledTag(Ref.Storage.PACKED, name, ObjectId.fromString(fields.remove()),
						ObjectId.fromString(fields.remove())));
				break;
			case "symbolic":
				refs.add(new SymbolicRef(name, new ObjectIdRef.Unpeeled(Ref.Storage.NEW, fields.remove(), null)));
				break;
			case "deletion":
				refs.add(new ObjectIdRef.Unpeeled(Ref.Storage.NEW, name, null));
				break;
			case "update": {
				ObjectId oldId = ObjectId.fromString(fields.remove());
				ObjectId newId = ObjectId.fromString(fields.remove());
				PersonIdent who = new PersonIdent(fields.remove(), fields.remove(), Long.parseLong(fields.remove()) * 1000,
						Integer.parseInt(fields.remove()));
				String message = fields.remove();
				logs.put(name + "\0", (writer, index) -> writer.writeLog(name, index, who, oldId, newId, message));
				break;
			}
			case "logdeletion": {
				long deleted = Long.parseLong(fields.remove());
				logs.put(name + "\0" + String.format("%016x", Long.MAX_VALUE - deleted), (writer, index) -> writer.deleteLog(name, deleted));
				break;
			}
			default:
				throw new IOException("no such record: " + kind);
			}
		}
		for (int tries = 0; tries < TRIES; tries++) {
			if (!STACKS.containsKey(repository))
				STACKS.put(repository, open(repository));
			FileReftableStack stack = STACKS.get(repository);
			if (stack.addReftable(writer -> {
				long index = stack.getMergedReftable().maxUpdateIndex() + 1;
				writer.setMinUpdateIndex(index).setMaxUpdateIndex(index).begin().sortAndWriteRefs(refs);
				for (LogWrite log : logs.values())
					log.to(writer, index);
			}))
				return;
			// Others have written meanwhile. What lets it look again is not to be called from here.
			STACKS.remove(repository).close();
		}
		throw new IOException("gave up after " + TRIES + " tries");
	}

	private interface LogWrite {
		void to(ReftableWriter writer, long index) throws IOException;
	}

	private static void answerFromTable(String[] request) throws IOException {
		byte[] table = Files.readAllBytes(Path.of(request[1]));
		try (ReftableReader reader = new ReftableReader(BlockSource.from(table))) {
			switch (request[0]) {
			case "all":
				reader.setIncludeDeletes(true);
				print(reader.allRefs());
				print(reader.allLogs());
				break;
			case "ref":
				Ref ref = reader.exactRef(request[2]);
				if (ref != null)
					print(ref);
				break;
			case "log":
				print(reader.seekLog(request[2]));
				break;
			case "object":
				print(reader.byObjectId(ObjectId.fromString(request[2])));
				break;
			default:
				throw new IOException("no such request: " + request[0]);
			}
		}
	}

	private static void print(RefCursor refs) throws IOException {
		try (refs) {
			while (refs.next())
				print(refs.getRef());
		}
	}

	private static void print(Ref ref) {
		String start = "{" + text("name", ref.getName()) + "," + updateIndex(ref.getUpdateIndex());
		if (ref.isSymbolic())
			OUT.println(start + ",\"kind\":\"symbolic\"," + text("target", ref.getTarget().getName()) + "}");
		else if (ref.getObjectId() == null)
			OUT.println(start + ",\"kind\":\"deletion\"}");
		else if (ref.getPeeledObjectId() == null)
			OUT.println(start + ",\"kind\":\"direct\"," + id("oid", ref.getObjectId()) + "}");
		else
			OUT.println(start + ",\"kind\":\"peeled\"," + id("oid", ref.getObjectId()) + ","
					+ id("peeled", ref.getPeeledObjectId()) + "}");
	}

	private static void print(LogCursor logs) throws IOException {
		try (logs) {
			while (logs.next()) {
				String start = "{" + text("ref", logs.getRefName()) + "," + updateIndex(logs.getUpdateIndex());
				ReflogEntry entry = logs.getReflogEntry();
				if (entry == null) {
					OUT.println(start + ",\"kind\":\"deletion\"}");
					continue;
				}
				PersonIdent who = entry.getWho();
				OUT.println(start + ",\"kind\":\"update\"," + id("oldOid", entry.getOldId()) + "," + id("newOid", entry.getNewId())
						+ "," + text("name", who.getName()) + "," + text("email", who.getEmailAddress())
						+ "," + number("time", Math.floorDiv(who.getWhen().getTime(), 1000L))
						+ "," + number("timeZone", who.getTimeZoneOffset()) + "," + text("message", entry.getComment()) + "}");
			}
		}
	}

	private static String id(String key, ObjectId id) {
		return text(key, id.name());
	}

	/** Numbers are in quotes, since JSON's are of 53 bits for many who read them. */
	private static String number(String key, long value) {
		return text(key, Long.toString(value));
	}

	private static String updateIndex(long value) {
		return text("updateIndex", Long.toUnsignedString(value));
	}

	private static String text(String key, String value) {
		StringBuilder json = new StringBuilder("\"" + key + "\":\"");
		for (char c : value.toCharArray()) {
			if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c))
				json.append(String.format("\\u%04x", (int) c));
			else
				json.append(c);
		}
		return json.append('"').toString();
	}
}
