(text) => {
  if (!text) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = 'what-chatalogue-knows.json';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
