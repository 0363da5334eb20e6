import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** Posts a form as a Java program does: HTTP/2 is offered by an upgrade, as by default. */
public class Apply {
    private static String part(String name, String more, String content) {
        return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"" + more
            + "\r\n\r\n" + content + "\r\n";
    }

    public static void main(String[] given) throws Exception {
        String body = part("uuid", "", given[1])
            + part("source_signature", "", given[2])
            + part("cv", "; filename=\"cv.pdf\"", "%PDF-1.4 java" + "x".repeat(200_000))
            + "--x--\r\n";
        HttpRequest request = HttpRequest.newBuilder(URI.create(given[0]))
            .header("Content-Type", "multipart/form-data; boundary=x")
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build();
        HttpClient client = HttpClient.newHttpClient();
        for (int turn = 0; turn < 3; turn++) {
            HttpResponse<String> answer =
                client.send(request, HttpResponse.BodyHandlers.ofString());
            System.out.println(answer.version() + " " + answer.statusCode());
        }
    }
}
