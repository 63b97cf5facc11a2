import './index.ts';
import { signInLink } from './sign-in-link.ts';

/** The page: one handset that fills it, and a link that may sign in. */
const handset = document.querySelector('soft-handset');
const link = signInLink(location.hash);
if (link) {
  history.replaceState(null, '', location.pathname + location.search);
  void handset?.logIn(link.account, link);
}
