// The words of the trial program in French: it has no translations of its own. What it writes later is
// translated when it appears; what the service says itself is left alone, because it is in none of these.
"use strict";
(() => {
  const words = {
    "Authorize": "Clé d'accès",
    "Available authorizations": "Clés d'accès",
    "Cancel": "Annuler",
    "Clear": "Effacer",
    "Close": "Fermer",
    "Controls": "Choisit l'en-tête",
    "Copied": "Copié",
    "Curl": "Commande curl",
    "Default value": "Valeur par défaut",
    "Description": "Description",
    "Details": "Précisions",
    "Download": "Télécharger",
    "Error: response status is": "Erreur : le statut est",
    "Example Value": "Exemple",
    "Execute": "Envoyer la requête",
    "Failed to load API definition.": "Le contrat ne peut pas être chargé.",
    "Filter by tag": "Filtrer par thème",
    "Hide": "Cacher",
    "Links": "Liens",
    "Loading": "Chargement",
    "Logout": "Retirer",
    "Media type": "Type",
    "Name": "Nom",
    "No links": "Aucun lien",
    "No parameters": "Aucun paramètre",
    "Parameters": "Paramètres",
    "Request body": "Corps de la requête",
    "Request duration": "Durée de la requête",
    "Request URL": "Adresse de la requête",
    "Reset": "Remettre",
    "Response body": "Corps de la réponse",
    "Response headers": "En-têtes de la réponse",
    "Responses": "Réponses",
    "Schema": "Schéma",
    "Schemas": "Schémas",
    "Send empty value": "Envoyer sans valeur",
    "Server response": "Réponse du serveur",
    "Servers": "Serveurs",
    "Try it out": "Essayer",
    "Undocumented": "Non documenté",
    "Value": "Valeur",
    "header.": ".",
    "apply": "appliquer",
    "required": "obligatoire",
  };
  // A text as it is, and one that ends with a colon, a star or a figure of its own.
  const french = text => {
    const found = text.match(/^(\s*)(.*?)(\s*[:*]?\s*)$/s);
    return found && Object.hasOwn(words, found[2]) ? found[1] + words[found[2]] + found[3] : text;
  };
  const translate = root => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.nodeType !== Node.TEXT_NODE || node.parentElement?.closest(".markdown, .renderedMarkdown, code, pre, textarea")) continue;
      const text = french(node.data);
      if (text !== node.data) node.data = text;
    }
    for (const node of root.nodeType === Node.ELEMENT_NODE ? root.querySelectorAll("[aria-label], [title], [placeholder]") : []) {
      for (const name of ["aria-label", "title", "placeholder"]) {
        const text = node.getAttribute(name);
        if (text !== null && french(text) !== text) node.setAttribute(name, french(text));
      }
    }
  };
  const program = document.getElementById("swagger-ui");
  new MutationObserver(changes => {
    for (const change of changes) translate(change.target);
  }).observe(program, { childList: true, subtree: true, characterData: true });
  translate(program);
})();
