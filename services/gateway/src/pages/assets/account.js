/** The forms of the pages that mails lead to. Each form names the call it makes; behind it stands what is said once that has worked. */
const token = new URLSearchParams(location.search).get('token');
const unreachable = { detail: 'The server does not answer. Please try again.' };

/** The form for a link with its token, or the one that asks for another link. */
function choose(withToken) {
  const forms = [...document.forms];
  for (const form of forms) form.hidden = 'withToken' in form.dataset !== withToken;
  return forms.find((form) => !form.hidden);
}

/** What the API says is wrong, in its words for people. */
function complain(form, { detail, errors }) {
  const text = errors?.map(({ message }) => message).join(' ') ?? detail ?? 'It did not work. Please try again later.';
  const problem = form.querySelector('.problem') ?? form.insertBefore(document.createElement('p'), form.querySelector('button'));
  problem.className = 'problem';
  problem.setAttribute('role', 'alert');
  problem.textContent = text;
}

async function send(form) {
  const body = { ...('withToken' in form.dataset ? { token } : {}), ...Object.fromEntries(new FormData(form)) };
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(form.dataset.call, { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.ok) {
    form.hidden = true;
    form.nextElementSibling.hidden = false;
    // the token is spent: nobody needs it in the address or the history
    history.replaceState(null, '', location.pathname);
    return;
  }
  const problem = await answer.json().catch(() => ({}));
  complain(problem.code === 'token-invalid' ? choose(false) : form, problem);
}

for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    send(form)
      .catch(() => complain(form, unreachable))
      .finally(() => {
        button.disabled = false;
      });
  });
}
choose(token !== null);
