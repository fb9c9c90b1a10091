package org.vigilnote.test;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.exceptions.AuthenticationException;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.util.Properties;
import javax.sql.DataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.h2.jdbcx.JdbcConnectionPool;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * A HAPI FHIR R4 server on 127.0.0.1 with its database in memory.
 *
 * <p>Serves the same resources at {@code /fhir} to everyone and at {@code /secured} to those who
 * bring the bearer token of the system property {@code token}. Prints {@code READY <port>} when it
 * answers; the system property {@code port} chooses the port, 0 a free one. Ends when its standard
 * input ends, so that it cannot outlive the process that started it.
 */
public final class FhirTestServer {

  private FhirTestServer() {}

  public static void main(String[] args) throws Exception {
    var spring = new AnnotationConfigApplicationContext(Beans.class);
    var server = new Server();
    var connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.getInteger("port", 0));
    server.addConnector(connector);

    var handler = new ServletContextHandler("/");
    var servlet = new ServletHolder(restfulServer(spring));
    servlet.setInitOrder(0);
    handler.addServlet(servlet, "/fhir/*");
    handler.addServlet(servlet, "/secured/*");
    server.setHandler(handler);
    server.start();
    System.out.println("READY " + connector.getLocalPort());

    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private static RestfulServer restfulServer(AnnotationConfigApplicationContext spring) {
    var server = new RestfulServer(spring.getBean(FhirContext.class));
    server.setDefaultResponseEncoding(EncodingEnum.JSON);
    server.setPagingProvider(spring.getBean(DatabaseBackedPagingProvider.class));
    server.registerProviders(spring.getBean(ResourceProviderFactory.class).createProviders());
    var system = spring.getBean(JpaSystemProvider.class);
    server.registerProvider(system);
    server.setServerConformanceProvider(
        new JpaCapabilityStatementProvider(
            server,
            spring.getBean(IFhirSystemDao.class),
            spring.getBean(JpaStorageSettings.class),
            spring.getBean(ISearchParamRegistry.class),
            spring.getBean(IValidationSupport.class)));
    server.registerInterceptor(new BearerToken(System.getProperty("token", "")));
    return server;
  }

  /** 401 at /secured without the token. */
  @Interceptor
  public static final class BearerToken {
    private final String expected;

    BearerToken(String token) {
      this.expected = "Bearer " + token;
    }

    @Hook(Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED)
    public void check(RequestDetails request) {
      if (!request.getFhirServerBase().endsWith("/secured")) return;
      if (expected.equals(request.getHeader("Authorization"))) return;
      throw new AuthenticationException("A valid bearer token is required");
    }
  }

  @Configuration
  @Import({
    HapiJpaConfig.class,
    JpaR4Config.class,
    ThreadPoolFactoryConfig.class,
    JpaBatch2Config.class,
    Batch2JobsConfig.class,
    SubscriptionChannelConfig.class,
    SubscriptionSubmitterConfig.class,
    SubscriptionProcessorConfig.class
  })
  public static class Beans {
    @Bean
    public JpaStorageSettings storageSettings() {
      var settings = new JpaStorageSettings();
      // A search right after a write must see it.
      settings.setReuseCachedSearchResultsForMillis(null);
      return settings;
    }

    @Bean
    public SubscriptionSettings subscriptionSettings() {
      var settings = new SubscriptionSettings();
      settings.addSupportedSubscriptionType(
          org.hl7.fhir.dstu2.model.Subscription.SubscriptionChannelType.RESTHOOK);
      return settings;
    }

    /** Asked for by the subscription module; e-mail subscriptions are not supported above. */
    @Bean
    public IEmailSender emailSender() {
      return email -> {
        throw new UnsupportedOperationException("This test server sends no e-mail");
      };
    }

    @Bean
    public PartitionSettings partitionSettings() {
      return new PartitionSettings();
    }

    @Bean(destroyMethod = "dispose")
    public DataSource dataSource() {
      var pool = JdbcConnectionPool.create("jdbc:h2:mem:fhir;DB_CLOSE_DELAY=-1", "sa", "");
      pool.setMaxConnections(30);
      return pool;
    }

    @Bean
    public LocalContainerEntityManagerFactoryBean entityManagerFactory(
        ConfigurableListableBeanFactory beans,
        FhirContext fhir,
        JpaStorageSettings settings,
        DataSource dataSource) {
      var factory = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, settings);
      factory.setPersistenceUnitName("HAPI_PU");
      factory.setDataSource(dataSource);
      var properties = new Properties();
      properties.put("hibernate.dialect", HapiFhirH2Dialect.class.getName());
      properties.put("hibernate.hbm2ddl.auto", "create");
      properties.put("hibernate.search.enabled", "false");
      factory.setJpaProperties(properties);
      return factory;
    }

    @Primary
    @Bean
    public JpaTransactionManager transactionManager(EntityManagerFactory entityManagerFactory) {
      return new JpaTransactionManager(entityManagerFactory);
    }
  }
}
