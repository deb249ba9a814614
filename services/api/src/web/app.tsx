import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { Compose } from './compose';
import { Deck } from './deck';
import { Header } from './header';
import { KeyForm } from './key-form';
import { shownJob } from './route';
import { resumeSubmit } from './submit';

function Page() {
  const id = shownJob.use();
  // A submit that was cut off goes on. What it fails of shows when it is tried again by hand: the text is still there.
  useEffect(() => void resumeSubmit().catch(() => undefined), []);
  return (
    <>
      <Header />
      <KeyForm />
      {id === undefined ? <Compose /> : <Deck key={id} id={id} />}
    </>
  );
}

const page = document.getElementById('page');
if (page) render(<Page />, page);
