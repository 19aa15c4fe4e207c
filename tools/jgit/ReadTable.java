import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.internal.storage.io.BlockSource;
import org.eclipse.jgit.internal.storage.reftable.LogCursor;
import org.eclipse.jgit.internal.storage.reftable.RefCursor;
import org.eclipse.jgit.internal.storage.reftable.ReftableReader;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.ReflogEntry;

/**
 * What JGit reads in reftables. Run as `java -cp JGIT ReadTable.java`; each line of standard input is a request, its
 * fields separated by tabs:
 *
 *   all TABLE            every record, refs and then logs, tombstones included
 *   ref TABLE NAME       the ref of that name, unless it is a tombstone
 *   log TABLE NAME       the log of the ref of that name, without tombstones
 *   object TABLE ID      the refs that JGit finds for an object id
 *
 * An answer is a line of JSON for each record, and one more: `{"end":true}`, or `{"error":"…"}` if JGit gave up.
 */
public class ReadTable {
	private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

	public static void main(String[] args) throws IOException {
		BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line; (line = requests.readLine()) != null;) {
			try {
				answer(line.split("\t"));
				OUT.println("{\"end\":true}");
			} catch (IOException | RuntimeException e) {
				OUT.println("{" + text("error", e.toString()) + "}");
			}
		}
		OUT.flush();
	}

	private static void answer(String[] request) throws IOException {
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
