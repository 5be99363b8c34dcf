import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.test.config.TestHSearchAddInConfig;
import ca.uhn.fhir.jpa.test.config.TestR4Config;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** HAPI FHIR's JPA server as its own tests set it up, on H2 in memory; prints its port when it is ready. */
public class HapiServer {
    public static void main(String[] arguments) throws Exception {
        var application =
                new AnnotationConfigApplicationContext(TestR4Config.class, TestHSearchAddInConfig.NoFT.class);
        var rest = new RestfulServer(application.getBean(FhirContext.class));
        rest.setDefaultResponseEncoding(EncodingEnum.JSON);
        rest.setPagingProvider(application.getBean(DatabaseBackedPagingProvider.class));
        rest.registerProviders(
                application.getBean("myResourceProvidersR4", ResourceProviderFactory.class).createProviders());
        rest.registerProvider(application.getBean("mySystemProviderR4", JpaSystemProvider.class));
        var context = new ServletContextHandler();
        context.addServlet(new ServletHolder(rest), "/fhir/*");
        var server = new Server();
        var connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        connector.setPort(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0);
        server.addConnector(connector);
        server.setHandler(context);
        server.start();
        System.out.println("ready on port " + connector.getLocalPort());
        System.out.flush();
        server.join();
    }
}
