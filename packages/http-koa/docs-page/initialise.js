// In a file of its own, because the content security policy lets no script stand in the page. Without `validatorUrl`
// the page would ask a service of others about the document.
window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
